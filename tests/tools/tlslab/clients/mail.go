// mail.go: Go's net/smtp does the job that stdin names (JSON).
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"strconv"
)

type job struct {
	Host, Name, Helo, User, Password, Mechanism, From, Version, GoSuite string
	Port                                                                int
	Implicit                                                            bool
	To, Messages                                                        []string
}

func send(j job) error {
	version := map[string]uint16{"1.0": tls.VersionTLS10,
		"1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12,
		"1.3": tls.VersionTLS13}[j.Version]
	config := &tls.Config{ServerName: j.Name, InsecureSkipVerify: true,
		MinVersion: version, MaxVersion: version}
	for _, s := range append(tls.CipherSuites(),
		tls.InsecureCipherSuites()...) {
		if s.Name == "TLS_ECDHE_ECDSA_WITH_"+j.GoSuite ||
			s.Name == "TLS_ECDHE_RSA_WITH_"+j.GoSuite {
			config.CipherSuites = append(config.CipherSuites, s.ID)
		}
	}
	at := net.JoinHostPort(j.Host, strconv.Itoa(j.Port))
	var conn net.Conn
	var err error
	if j.Implicit {
		conn, err = tls.Dial("tcp", at, config)
	} else {
		conn, err = net.Dial("tcp", at)
	}
	if err != nil {
		return err
	}
	c, err := smtp.NewClient(conn, j.Name)
	if err != nil {
		return err
	}
	defer c.Close()
	if err = c.Hello(j.Helo); err != nil {
		return err
	}
	if !j.Implicit {
		if err = c.StartTLS(config); err != nil {
			return err
		}
	}
	switch j.Mechanism {
	case "PLAIN":
		err = c.Auth(smtp.PlainAuth("", j.User, j.Password, j.Name))
	case "CRAM-MD5":
		err = c.Auth(smtp.CRAMMD5Auth(j.User, j.Password))
	}
	if err != nil {
		return err
	}
	for _, text := range j.Messages {
		if err = c.Mail(j.From); err != nil {
			return err
		}
		for _, to := range j.To {
			if err = c.Rcpt(to); err != nil {
				return err
			}
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		fmt.Fprint(w, text)
		if err = w.Close(); err != nil {
			return err
		}
	}
	return c.Quit()
}

func main() {
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		panic(err)
	}
	if err := send(j); err != nil {
		fmt.Println(err)
	}
}
