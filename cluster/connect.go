// How to get to the servers: by the means of NATS itself. No credential ever goes to a log.

package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Access says where the servers are, and who asks.
type Access struct {
	// URL is nats://host:port or tls://host:port, or several of them with commas between.
	URL string
	// Creds is a file of credentials, as nsc makes them; CA, Cert and Key are files of certificates.
	Creds         string
	CA, Cert, Key string
	// Context names a context of the nats command, whose settings stand behind those here.
	Context string
	// Log is told of connections that break and come back; nil is nobody.
	Log *slog.Logger
}

func (a Access) log() *slog.Logger {
	if a.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return a.Log
}

// natsContext is the part of a context file of the nats command that says how to connect.
type natsContext struct {
	URL      string `json:"url"`
	User     string `json:"user"`
	Password string `json:"password"`
	Token    string `json:"token"`
	Creds    string `json:"creds"`
	NKey     string `json:"nkey"`
	Cert     string `json:"cert"`
	Key      string `json:"key"`
	CA       string `json:"ca"`
}

// readContext reads a context by its name or by the path of its file.
func readContext(name string) (c natsContext, err error) {
	if name == "" {
		return c, nil
	}
	file := name
	if !strings.ContainsAny(name, `/\`) {
		folder := os.Getenv("XDG_CONFIG_HOME")
		if folder == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return c, err
			}
			folder = filepath.Join(home, ".config")
		}
		file = filepath.Join(folder, "nats", "context", name+".json")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	if json.Unmarshal(b, &c) != nil { // its error might quote what is in it
		return c, fmt.Errorf("%s: not a context of the nats command, expected JSON", file)
	}
	return c, nil
}

const (
	// reconnectWait is the time between two attempts to come back.
	reconnectWait = 250 * time.Millisecond
	dialTimeout   = 5 * time.Second
)

// dial connects.
func (a Access) dial(name string) (*nats.Conn, error) {
	c, err := readContext(a.Context)
	if err != nil {
		return nil, err
	}
	or := func(s, other string) string {
		if s != "" {
			return s
		}
		return other
	}
	a.URL, a.Creds, a.CA, a.Cert, a.Key = or(a.URL, c.URL), or(a.Creds, c.Creds), or(a.CA, c.CA), or(a.Cert, c.Cert), or(a.Key, c.Key)
	log := a.log()
	options := []nats.Option{nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), nats.Timeout(dialTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // else by ourselves
				log.Warn("disconnected", "why", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) { log.Warn("connected again", "to", nc.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("connection", "error", err) })}
	if a.Creds != "" {
		options = append(options, nats.UserCredentials(a.Creds))
	}
	if c.NKey != "" {
		o, err := nats.NkeyOptionFromSeed(c.NKey)
		if err != nil {
			return nil, errors.New("the nkey of the context cannot be read")
		}
		options = append(options, o)
	}
	if c.User != "" {
		options = append(options, nats.UserInfo(c.User, c.Password))
	}
	if c.Token != "" {
		options = append(options, nats.Token(c.Token))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	if a.Cert != "" || a.Key != "" {
		options = append(options, nats.ClientCert(a.Cert, a.Key))
	}
	nc, err := nats.Connect(a.URL, options...)
	var unread *url.Error
	if errors.As(err, &unread) { // its text quotes the address
		err = errors.New("not an address, expected one such as nats://host:4222")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Redacted(a.URL), err)
	}
	return nc, nil
}

// Redacted returns addresses without the names, passwords and tokens that may be in them.
func Redacted(addresses string) string {
	var shown []string
	for s := range strings.SplitSeq(addresses, ",") {
		scheme, rest, ok := strings.Cut(s, "://")
		if !ok {
			scheme, rest = "", s
		}
		if i := strings.LastIndex(rest, "@"); i >= 0 {
			rest = "xxxxx" + rest[i:]
		}
		if ok {
			rest = scheme + "://" + rest
		}
		shown = append(shown, rest)
	}
	return strings.Join(shown, ",")
}
