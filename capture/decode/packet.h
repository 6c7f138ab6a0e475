/* packet.h: what is left of a frame once every envelope is off. */
#pragma once
#include "capture/base/addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACKET_VLANS = 4 };

enum packet_kind { PACKET_NONE, PACKET_TCP, PACKET_UDP, PACKET_ARP, PACKET_ND };

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
};

/* Addresses, MACs and VLANs are those nearest to the payload: inside a
 * tunnel that carries Ethernet, the inner ones; inside one that carries IP
 * alone there are no MACs, and no VLANs. */
struct packet {
	int64_t at; /* ns since 1970 */
	enum packet_kind kind;
	bool has_src_mac, has_dst_mac;
	struct mac src_mac, dst_mac;
	uint8_t vlan_n;
	uint16_t vlans[PACKET_VLANS]; /* outermost first */
	struct addr src, dst;
	uint8_t ttl;     /* or hop limit */
	uint8_t tunnels; /* IP headers that were taken off before this one */
	/* Of what was not understood: enum envelope_registry, and its number
	 * there. */
	uint8_t registry;
	uint32_t number;
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags; /* enum tcp_flag */
	/* TCP or UDP payload, the ARP packet or the ICMPv6 message: n bytes
	 * captured, borrowed from the frame (or from the fragments' buffer);
	 * wire_n were sent, and padding is not counted. */
	const uint8_t *p;
	size_t n, wire_n;
	/* What follows in the frame where it holds several (an A-MSDU's): a
	 * frame of FRAME_AMSDU, borrowed from the frame; rest_n 0: nothing. */
	const uint8_t *rest;
	size_t rest_n, rest_wire_n;
};
