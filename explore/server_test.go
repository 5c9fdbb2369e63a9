package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// send sends a request and returns the answer's status and text.
func send(t *testing.T, r *http.Request) (int, string, http.Header) {
	t.Helper()
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	return a.StatusCode, string(text), a.Header
}

func question(t *testing.T, s *Server, name, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.URL()+"ask/"+name, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

const unitBall = `{"ball":{"norm":"l2","center":[0.5,0.25],"radius":1}}`

func TestQuestionsOverHTTP(t *testing.T) {
	s := serve(t, moons(t))
	code, text, h := send(t, question(t, s, "count", unitBall))
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "application/json", h.Get("Content-Type"))
	var c countJSON
	require.NoError(t, json.Unmarshal([]byte(text), &c))
	require.Equal(t, regionsJSON{"327", "327"}, c.Regions)
	require.True(t, c.Exact)
	code, text, _ = send(t, question(t, s, "count", `{"ball":{"norm":"l2","center":[0.5,0.25],"radius":0}}`))
	require.Equal(t, http.StatusOK, code)
	require.JSONEq(t, `{"error":"ball: radius: 0, expected a finite number greater than 0"}`, text)
}

func TestPageIsServedWithAStrictPolicy(t *testing.T) {
	s := serve(t, moons(t))
	for _, name := range []string{"", "main.js", "style.css", "icon.svg"} {
		r, err := http.NewRequest(http.MethodGet, s.URL()+name, nil)
		require.NoError(t, err)
		code, text, h := send(t, r)
		require.Equal(t, http.StatusOK, code, name)
		require.NotEmpty(t, text)
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'")
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	}
	for _, name := range []string{"none.js", "../explore.go", "page/main.js", "%2e%2e/explore.go", "ask"} {
		r, err := http.NewRequest(http.MethodGet, s.URL()+name, nil)
		require.NoError(t, err)
		code, _, _ := send(t, r)
		require.Equal(t, http.StatusNotFound, code, name)
	}
}

func TestOthersAreRefused(t *testing.T) {
	s := serve(t, moons(t))
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		change func(r *http.Request)
		code   int
	}{
		{"a name that points here", func(r *http.Request) { r.Host = "evil.example:" + port }, http.StatusForbidden},
		{"another address", func(r *http.Request) { r.Host = "192.0.2.1:" + port }, http.StatusForbidden},
		{"another port", func(r *http.Request) { r.Host = "127.0.0.1:1" }, http.StatusForbidden},
		{"no port", func(r *http.Request) { r.Host = "127.0.0.1" }, http.StatusForbidden},
		{"no token", func(r *http.Request) { r.URL.Path = "/ask/count" }, http.StatusNotFound},
		{"a wrong token", func(r *http.Request) { r.URL.Path = "/" + strings.Repeat("0", 32) + "/ask/count" }, http.StatusNotFound},
		{"an empty token", func(r *http.Request) { r.URL.Path = "//ask/count" }, http.StatusNotFound},
		{"another origin", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, http.StatusForbidden},
		{"a null origin", func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		{"another site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		{"another page of this machine", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		{"a form", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType},
		{"an image", func(r *http.Request) { r.Method, r.Body, r.ContentLength = http.MethodGet, nil, 0 }, http.StatusMethodNotAllowed},
		{"the page itself", func(r *http.Request) {
			r.Header.Set("Origin", "http://127.0.0.1:"+port)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}, http.StatusOK},
		{"by its other name", func(r *http.Request) { r.Host = "localhost:" + port }, http.StatusOK},
	} {
		r := question(t, s, "count", unitBall)
		c.change(r)
		code, text, h := send(t, r)
		require.Equal(t, c.code, code, "%s: %s", c.name, text)
		require.Empty(t, h.Get("Access-Control-Allow-Origin"), c.name)
		if code != http.StatusOK {
			require.NotContains(t, text, "327", c.name)
			require.NotContains(t, text, s.token, c.name)
		}
	}
}

func TestLongQuestionsAreRefused(t *testing.T) {
	s := serve(t, moons(t))
	code, _, _ := send(t, question(t, s, "count", `{"pattern":"`+strings.Repeat("+", mostRequest)+`"}`))
	require.Equal(t, http.StatusRequestEntityTooLarge, code)
}

// What is asked by nobody any more is not walked: the place is free for the next.
func TestAQuestionEndsWithItsConnection(t *testing.T) {
	s := serve(t, explorer(t, Config{Models: []Model{wide(t)}}))
	ctx, cancel := context.WithCancel(t.Context())
	r := question(t, s, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":1e6},"milliseconds":30000}`).WithContext(ctx)
	done := make(chan error)
	go func() {
		a, err := http.DefaultClient.Do(r)
		if err == nil {
			a.Body.Close()
		}
		done <- err
	}()
	require.Eventually(t, func() bool { return len(s.explorer.busy["count"]) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Eventually(t, func() bool { return len(s.explorer.busy["count"]) == 0 }, 10*time.Second, time.Millisecond)
}

// A server that ends takes its questions with it.
func TestServeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Listen(ctx, explorer(t, Config{Models: []Model{wide(t)}}), "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error)
	go func() { served <- s.Serve(ctx) }()
	go func() {
		r, err := http.Post(s.URL()+"ask/count", "application/json", bytes.NewReader([]byte(`{"ball":{"norm":"l2","center":[0,0],"radius":1e6},"milliseconds":30000}`)))
		if err == nil {
			r.Body.Close()
		}
	}()
	require.Eventually(t, func() bool { return len(s.explorer.busy["count"]) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-served)
}

func TestAddresses(t *testing.T) {
	e := moons(t)
	for _, bad := range []string{"", "127.0.0.1", "127.0.0.1:http:x", "256.0.0.1:0"} {
		_, err := Listen(t.Context(), e, bad)
		require.Error(t, err, bad)
	}
	s, err := Listen(t.Context(), e, "0.0.0.0:0")
	require.NoError(t, err)
	defer s.Close()
	require.False(t, s.Loopback())
	require.True(t, strings.HasPrefix(s.URL(), "http://127.0.0.1:"), s.URL())
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	require.NoError(t, err)
	require.True(t, s.named("192.0.2.7:"+port))
	require.False(t, s.named("evil.example:"+port), "a name that others point here")
}
