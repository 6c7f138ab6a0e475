"""sink.py: takes mail on a port of 127.0.0.1 and throws it away; what a relay
behind a submission server is for a recording. Argument: port."""
import socketserver
import sys


class Sink(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def handle(self):
        self.say('220 sink ESMTP')
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b'EHLO':
                self.say('250-sink\r\n250-8BITMIME\r\n250-DSN\r\n'
                         '250-PIPELINING\r\n250 SIZE 10000000')
            elif verb == b'DATA':
                self.say('354 Go on')
                for text in self.rfile:
                    if text == b'.\r\n':
                        break
                self.say('250 2.0.0 Taken')
            elif verb == b'MAIL' and b'refused@' in line:
                self.say('550 5.7.1 Sender refused')
            elif verb == b'QUIT':
                self.say('221 2.0.0 Bye')
                return
            else:
                self.say('250 2.0.0 OK')


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(('127.0.0.1', int(sys.argv[1])), Sink).serve_forever()
