/* bare.c: reads a capture with pcap_next_ex() and does nothing with it: what
 * any reader must spend. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char message[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *p;
	uint64_t packets = 0, bytes = 0;
	unsigned sum = 0;
	pcap_t *pcap;
	int r;

	if (argc != 2)
		return 2;
	pcap = pcap_open_offline(argv[1], message);
	if (!pcap) {
		fprintf(stderr, "%s\n", message);
		return 1;
	}
	while ((r = pcap_next_ex(pcap, &h, &p)) == 1) {
		packets++;
		bytes += h->caplen;
		sum += p[0];
	}
	printf("%llu packets, %llu bytes, %u\n", (unsigned long long)packets,
		(unsigned long long)bytes, sum & 1);
	pcap_close(pcap);
	return r == PCAP_ERROR_BREAK ? 0 : 1;
}
