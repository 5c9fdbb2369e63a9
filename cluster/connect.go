// How to get to the servers: by the means of NATS itself. No credential ever goes to a log.

package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Access says where the servers are, and who asks.
type Access struct {
	// URL is nats://host:port or tls://host:port, or several of them with commas between.
	URL string
	// Creds is a file of credentials, as nsc makes them; CA, Cert and Key are files of
	// certificates.
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
	if err := readable(file); err != nil {
		return c, err
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

// readable says what keeps a file from being read.
func readable(path string) error {
	f, err := os.Open(path)
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("%s: %w", path, at.Err)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", path)
	}
	return nil
}

const (
	// reconnectWait is the time between two attempts to come back.
	reconnectWait = 250 * time.Millisecond
	dialTimeout   = 5 * time.Second
)

// Check says what is wrong with an access that no server need be asked about: an address, or a
// file. The error begins with the name of the flag of the command that says it.
func (a Access) Check() error {
	_, _, err := a.settings()
	return err
}

// settings returns the access with what its context adds, and the options of a connection that
// follow from both.
func (a Access) settings() (Access, []nats.Option, error) {
	c, err := readContext(a.Context)
	if err != nil {
		return a, nil, fmt.Errorf("nats-context: %w", err)
	}
	from := map[*string]string{} // what is to be said before an error about a setting
	for _, f := range []struct {
		name      string
		to        *string
		ofContext string
	}{{"cluster", &a.URL, c.URL}, {"creds", &a.Creds, c.Creds}, {"tls-ca", &a.CA, c.CA}, {"tls-cert", &a.Cert, c.Cert}, {"tls-key", &a.Key, c.Key}} {
		if from[f.to] = f.name; *f.to == "" && f.ofContext != "" {
			*f.to, from[f.to] = f.ofContext, "nats-context: "+a.Context+": "+f.name
		}
	}
	if err := checkURL(a.URL); err != nil {
		return a, nil, fmt.Errorf("%s: %w", from[&a.URL], err)
	}
	for _, f := range []*string{&a.Creds, &a.CA, &a.Cert, &a.Key} {
		if *f == "" {
			continue
		}
		if err := readable(*f); err != nil {
			return a, nil, fmt.Errorf("%s: %w", from[f], err)
		}
	}
	var options []nats.Option
	add := func(file *string, expected string, option nats.Option) {
		if err == nil && !holds(option) {
			err = fmt.Errorf("%s: %s: expected %s", from[file], *file, expected)
		}
		options = append(options, option)
	}
	if a.Creds != "" {
		add(&a.Creds, "credentials as nsc makes them", nats.UserCredentials(a.Creds))
	}
	if a.CA != "" {
		add(&a.CA, "certificates in PEM", nats.RootCAs(a.CA))
	}
	if a.Cert != "" || a.Key != "" {
		add(&a.Cert, "a certificate in PEM, beside its key in "+from[&a.Key]+": "+a.Key, nats.ClientCert(a.Cert, a.Key))
	}
	return a, append(options, c.options(&err)...), err
}

// holds says whether the files of an option can be read as what they are to be. Errors of the
// library may quote them.
func holds(option nats.Option) bool {
	var o nats.Options
	if option(&o) != nil {
		return false
	}
	if o.UserJWT == nil {
		return true
	}
	_, err := o.UserJWT()
	if err == nil {
		_, err = o.SignatureCB(nil)
	}
	return err == nil
}

// options returns those that only a context says.
func (c natsContext) options(problem *error) (options []nats.Option) {
	if c.NKey != "" {
		o, err := nats.NkeyOptionFromSeed(c.NKey)
		if err != nil && *problem == nil {
			*problem = errors.New("nats-context: its nkey cannot be read")
		}
		options = append(options, o)
	}
	if c.User != "" {
		options = append(options, nats.UserInfo(c.User, c.Password))
	}
	if c.Token != "" {
		options = append(options, nats.Token(c.Token))
	}
	return options
}

// checkURL says what of an address no server can have. Its error quotes nothing before an @.
func checkURL(addresses string) error {
	const expected = "expected an address such as nats://host:4222 or tls://host:4222"
	for s := range strings.SplitSeq(addresses, ",") {
		s = strings.TrimSpace(s)
		if !strings.Contains(s, "://") {
			s = "nats://" + s
		}
		u, err := url.Parse(s)
		if err != nil || u.Hostname() == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return fmt.Errorf("%q: %s", Redacted(addresses), expected)
		}
		if p := u.Port(); p != "" {
			if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
				return fmt.Errorf("%s: port %s, expected one from 1 to 65535", Redacted(addresses), p)
			}
		}
	}
	return nil
}

// dial connects.
func (a Access) dial(name string) (*nats.Conn, error) {
	a, options, err := a.settings()
	if err != nil {
		return nil, err
	}
	log := a.log()
	options = append(options, nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), nats.Timeout(dialTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // else by ourselves
				log.Warn("disconnected", "why", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) { log.Warn("connected again", "to", nc.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("connection", "error", err) }))
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

// dialUntil is dial, given up with the cause of ctx when that ends: the library itself waits for a
// server that does not answer as long as it may.
func (a Access) dialUntil(ctx context.Context, name string) (*nats.Conn, error) {
	type dialled struct {
		nc  *nats.Conn
		err error
	}
	done := make(chan dialled, 1)
	go func() {
		nc, err := a.dial(name)
		done <- dialled{nc, err}
	}()
	select {
	case d := <-done:
		return d.nc, d.err
	case <-ctx.Done():
	}
	go func() {
		if d := <-done; d.nc != nil {
			d.nc.Close()
		}
	}()
	return nil, context.Cause(ctx)
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
