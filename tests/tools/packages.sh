# packages.sh: what must be installed to build and to test; sourced by
# quickstart and tests/run. Debian's names, each with the probe that finds it.
# shellcheck shell=sh

packages_build='
gcc command:cc
libc6-dev file:/usr/include/stdlib.h
meson command:meson
ninja-build command:ninja
pkg-config command:pkg-config
libpcap-dev pc:libpcap
libsqlite3-dev pc:sqlite3
libncurses-dev pc:ncursesw
libjansson-dev pc:jansson
libssl-dev pc:libcrypto
libxlsxwriter-dev pc:xlsxwriter
libseccomp-dev pc:libseccomp
zlib1g-dev pc:zlib
libzstd-dev pc:libzstd
libcmocka-dev pc:cmocka
ieee-data file:/usr/share/ieee-data/oui.csv
'

packages_test='
python3 command:python3
openssl command:openssl
binutils command:nm
procps command:ps
iproute2 command:ip
zstd command:zstd
tmux command:tmux
gdb command:gdb
postfix command:postfix
dovecot-core command:dovecot
swaks command:swaks
libnet-ssleay-perl perl:Net::SSLeay
curl command:curl
msmtp command:msmtp
python3-jsonschema python:jsonschema
'

packages_has() {
	case $1 in
	command:*) command -v "${1#command:}" >/dev/null 2>&1 ;;
	pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
	file:*) [ -e "${1#file:}" ] ;;
	python:*) python3 -c "import ${1#python:}" 2>/dev/null ;;
	perl:*) perl -M"${1#perl:}" -e 1 2>/dev/null ;;
	esac
}

# The names of a list that are not there.
packages_missing() {
	echo "$1" | while read -r name probe; do
		[ -z "$name" ] || packages_has "$probe" || printf '%s ' "$name"
	done
}

# Installs what is missing of a list; says on stderr what to do where it
# cannot. Nothing is asked, and no service is started.
packages_need() {
	missing=$(packages_missing "$1")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "packages are missing; install them with:" >&2
		echo "  sudo apt-get install --no-install-recommends $missing" >&2
		return 1
	fi
	echo "installing $missing" >&2
	policy=/usr/sbin/policy-rc.d
	made=
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
		made=yes
	fi
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	{ apt-get install -y -q --no-install-recommends $missing ||
		{ apt-get update -q && apt-get install -y -q \
			--no-install-recommends $missing; }; } >&2 </dev/null
	code=$?
	[ -z "$made" ] || rm -f $policy
	return $code
}
