// Package jupyter starts a Jupyter server and drives its kernels over its own
// HTTP and WebSocket interface, as JupyterLab does. The lab's tests and
// benchmarks use it.
package jupyter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// A Server is a running Jupyter server.
type Server struct {
	URL   string // with a slash at its end
	Token string
	PID   int

	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
}

// Start runs a command that starts a Jupyter server on 127.0.0.1 at the given
// port, and returns once the server answers. The server's output goes to a file
// of its own, which an error quotes.
func Start(ctx context.Context, port int, cmd *exec.Cmd) (*Server, error) {
	log, err := os.CreateTemp("", "jupyter-log-*")
	if err != nil {
		return nil, fmt.Errorf("keep the server's log: %w", err)
	}
	s := &Server{URL: fmt.Sprintf("http://127.0.0.1:%d/", port), Token: "interleave-test", cmd: cmd, log: log, done: make(chan struct{})}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "JUPYTER_TOKEN="+s.Token)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the Jupyter server: %w", err)
	}
	s.PID = cmd.Process.Pid
	go func() { _ = cmd.Wait(); close(s.done) }()
	for {
		if _, err := s.call(ctx, http.MethodGet, "api/status", nil, nil); err == nil {
			return s, nil
		}
		select {
		case <-s.done:
			return nil, fmt.Errorf("the Jupyter server ended before it answered:\n%s", s.Log())
		case <-ctx.Done():
			s.Close()
			return nil, fmt.Errorf("the Jupyter server did not answer: %w\n%s", ctx.Err(), s.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// FreePort gives a port on 127.0.0.1 that nobody listens on now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Log is what the server has printed so far.
func (s *Server) Log() string {
	data, _ := os.ReadFile(s.log.Name())
	return string(data)
}

// Close ends the server, its kernels with it, and removes its log.
func (s *Server) Close() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	_ = s.log.Close()
	_ = os.Remove(s.log.Name())
}

// Kill ends the server as the system does when memory runs out.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// call sends one request; a 4xx or 5xx answer is an error.
func (s *Server) call(ctx context.Context, method, path string, body, answer any) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "token "+s.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if answer == nil {
		return resp, nil
	}
	return resp, json.Unmarshal(text, answer)
}

// A Kernel is a running kernel of a server.
type Kernel struct {
	ID     string
	server *Server
	conn   *websocket.Conn
	seq    int
}

// NewKernel starts a kernel by the name of its spec and waits until it answers.
func (s *Server) NewKernel(ctx context.Context, name string) (*Kernel, error) {
	k := &Kernel{server: s}
	if _, err := s.call(ctx, http.MethodPost, "api/kernels", map[string]string{"name": name}, k); err != nil {
		return nil, fmt.Errorf("start the kernel %s: %w", name, err)
	}
	// The channel that says when a cell is over may join late, and then misses
	// what the first cell of a connection says.
	_, err := k.Until(ctx, "!true")
	return k, err
}

// connect opens the kernel's channels; the server answers once the kernel does.
func (k *Kernel) connect(ctx context.Context) error {
	if k.conn != nil {
		_ = k.conn.CloseNow()
	}
	url := strings.Replace(k.server.URL, "http", "ws", 1) + "api/kernels/" + k.ID + "/channels"
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"token " + k.server.Token}},
	})
	if err != nil {
		return fmt.Errorf("connect to the kernel: %w", err)
	}
	conn.SetReadLimit(64 << 20)
	k.conn = conn
	return nil
}

// Close ends the kernel.
func (k *Kernel) Close(ctx context.Context) error {
	_ = k.conn.CloseNow()
	_, err := k.server.call(ctx, http.MethodDelete, "api/kernels/"+k.ID, nil, nil)
	return err
}

// Interrupt does what the stop button does.
func (k *Kernel) Interrupt(ctx context.Context) error {
	_, err := k.server.call(ctx, http.MethodPost, "api/kernels/"+k.ID+"/interrupt", nil, nil)
	return err
}

// A Reply is what came of one executed cell.
type Reply struct {
	Status  string // ok, error or aborted
	Text    string // all that it printed, both streams
	HTML    []string
	Plain   []string
	Errors  string // the kernel's error message and traceback
	Elapsed time.Duration
}

// message is the part of Jupyter's message that we read and write.
type message struct {
	Channel string         `json:"channel"`
	Header  map[string]any `json:"header"`
	Parent  map[string]any `json:"parent_header"`
	Meta    map[string]any `json:"metadata"`
	Content struct {
		Status    string         `json:"status,omitempty"`
		State     string         `json:"execution_state,omitempty"`
		Text      string         `json:"text,omitempty"`
		Data      map[string]any `json:"data,omitempty"`
		EValue    string         `json:"evalue,omitempty"`
		Traceback []string       `json:"traceback,omitempty"`

		Code         string `json:"code,omitempty"`
		Silent       bool   `json:"silent"`
		StoreHistory bool   `json:"store_history"`
		AllowStdin   bool   `json:"allow_stdin"`
		StopOnError  bool   `json:"stop_on_error"`
	} `json:"content"`
}

// Begin sends a cell to the kernel; the function that it returns waits for the
// reply.
func (k *Kernel) Begin(ctx context.Context, code string) (wait func(context.Context) (Reply, error), err error) {
	k.seq++
	id := fmt.Sprintf("%s-%d", k.ID, k.seq)
	m := message{Channel: "shell", Parent: map[string]any{}, Meta: map[string]any{}}
	m.Header = map[string]any{"msg_id": id, "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3",
		"date": time.Now().UTC().Format(time.RFC3339Nano)}
	m.Content.Code = code
	data, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := k.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return nil, fmt.Errorf("send the cell: %w", err)
	}
	return func(ctx context.Context) (Reply, error) {
		reply, err := k.collect(ctx, id)
		reply.Elapsed = time.Since(start)
		return reply, err
	}, nil
}

// Run executes a cell and waits for it.
func (k *Kernel) Run(ctx context.Context, code string) (Reply, error) {
	wait, err := k.Begin(ctx, code)
	if err != nil {
		return Reply{}, err
	}
	return wait(ctx)
}

// Until runs a short cell again and again, on a new connection each time, until
// the kernel answers within 5 seconds: after a kernel was killed, that is when
// Jupyter has started another in its place.
func (k *Kernel) Until(ctx context.Context, code string) (Reply, error) {
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := k.connect(try)
		var reply Reply
		if err == nil {
			reply, err = k.Run(try, code)
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			return reply, errors.Join(err, ctx.Err())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// collect reads messages until the cell has replied and the kernel is idle again.
func (k *Kernel) collect(ctx context.Context, id string) (Reply, error) {
	var reply Reply
	idle := false
	for reply.Status == "" || !idle {
		_, data, err := k.conn.Read(ctx)
		if err != nil {
			return reply, fmt.Errorf("wait for the cell's reply: %w", err)
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			return reply, fmt.Errorf("read a message: %w", err)
		}
		if m.Parent["msg_id"] != id {
			continue
		}
		switch m.Header["msg_type"] {
		case "status":
			idle = m.Content.State == "idle"
		case "stream":
			reply.Text += m.Content.Text
		case "display_data", "update_display_data", "execute_result":
			if s, ok := m.Content.Data["text/html"].(string); ok {
				reply.HTML = append(reply.HTML, s)
			}
			if s, ok := m.Content.Data["text/plain"].(string); ok {
				reply.Plain = append(reply.Plain, s)
			}
		case "error":
			reply.Errors += m.Content.EValue + "\n" + strings.Join(m.Content.Traceback, "\n")
		case "execute_reply":
			reply.Status = m.Content.Status
		}
	}
	return reply, nil
}
