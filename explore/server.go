//go:build !js

package explore

// The server, and who may ask it. A page of another site can make a browser send requests to this
// machine, and by a name that it points here even read the answers (DNS rebinding; Jackson, Barth,
// Bortz, Shao, Boneh 2007). So everything lies below a path that nobody can guess, the host must be
// an address and no name, and a request that says that it comes from elsewhere is refused.

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Server serves one explorer on one address.
type Server struct {
	listener net.Listener
	explorer *Explorer
	token    string
	host     string // the host that was asked for, which requests may name
}

// Listen opens an address such as 127.0.0.1:0, on which nothing is answered before Serve.
func Listen(ctx context.Context, e *Explorer, address string) (*Server, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q, expected an address and a port, such as 127.0.0.1:0", address)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // it never fails
	return &Server{listener: l, explorer: e, token: hex.EncodeToString(secret[:]), host: host}, nil
}

// URL is the address of the page.
func (s *Server) URL() string {
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if a, err := netip.ParseAddr(host); err == nil && a.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/" + s.token + "/"
}

// Loopback says that no other machine can reach the server.
func (s *Server) Loopback() bool {
	a, ok := s.listener.Addr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

// What a connection may take.
const (
	headerTime, readTime, idleTime = 5 * time.Second, 10 * time.Second, 2 * time.Minute
	// writeTime is from the request's header to the end of the answer, which may wait its turn.
	writeTime   = 2*longest + readTime
	mostHeader  = 1 << 14
	mostRequest = 1 << 20
	endTime     = 500 * time.Millisecond
)

// Serve answers until ctx ends; all questions end with it.
func (s *Server) Serve(ctx context.Context) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    mostHeader,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		if srv.Shutdown(end) != nil {
			_ = srv.Close()
		}
	})
	defer stop()
	if err := srv.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close gives the address back where Serve was not called.
func (s *Server) Close() error { return s.listener.Close() }

// policy lets the page load what it is made of and talk to its own server, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !s.named(r.Host) {
		http.Error(w, "the host is not this server's address", http.StatusForbidden)
		return
	}
	token, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
		http.Error(w, "not found: the page is at the address that relucell explore printed", http.StatusNotFound)
		return
	}
	if r.URL.Path == "/"+token { // what the page links to is beside it
		http.Redirect(w, r, "/"+token+"/", http.StatusPermanentRedirect)
		return
	}
	if question, ok := strings.CutPrefix(path, "ask/"); ok {
		s.ask(w, r, question)
		return
	}
	servePage(w, r, path)
}

// named says whether a request's host is one that this server goes by: an address, and never a
// name, which others could point here, unless it was asked to listen on that name.
func (s *Server) named(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return false
	}
	if _, own, _ := net.SplitHostPort(s.listener.Addr().String()); port != own {
		return false
	}
	a, err := netip.ParseAddr(name)
	if s.Loopback() {
		return name == "localhost" || err == nil && a.Unmap().IsLoopback()
	}
	return err == nil || name == "localhost" || s.host != "" && strings.EqualFold(name, s.host)
}

// foreign says that a browser marks the request as another site's.
func foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return true
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}

func (s *Server) ask(w http.ResponseWriter, r *http.Request, question string) {
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "a question is asked by POST", http.StatusMethodNotAllowed)
		return
	case foreign(r):
		http.Error(w, "the request comes from another page", http.StatusForbidden)
		return
	case r.Header.Get("Content-Type") != "application/json":
		http.Error(w, "a question is application/json", http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostRequest))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("a question has at most %d bytes", mostRequest))
		return
	}
	a, err := s.explorer.Answer(r.Context(), question, body)
	var bad *BadRequest
	switch {
	case r.Context().Err() != nil: // nobody listens
	case errors.As(err, &bad):
		refuse(w, http.StatusOK, err) // an answer all the same: a browser would log a failure
	case err != nil:
		refuse(w, http.StatusInternalServerError, err)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a)
	}
}

// refuse answers with an error in JSON.
func refuse(w http.ResponseWriter, code int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}
