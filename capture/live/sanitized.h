/* sanitized.h: is this a build with AddressSanitizer? Its run-time needs some
 * system calls and rights more; whoever must know asks here. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif
