// A server with net/http/pprof and expvar on a port of its own, which it prints. GET /stats answers
// with runtime.ReadMemStats and NumGoroutine, /gc collects, /grow?mib=N keeps N MiB more.
package main

import (
	"context"
	"encoding/json"
	"expvar"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
)

var kept [][]byte

var wait = make(chan int)

//go:noinline
func keep(mib int) {
	for i := 0; i < mib; i++ {
		kept = append(kept, make([]byte, 1<<20))
	}
}

func parked() { <-wait }

func labelled(ctx context.Context) { <-wait }

func stats(w http.ResponseWriter, _ *http.Request) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	json.NewEncoder(w).Encode(map[string]any{
		"memstats": stats, "goroutines": runtime.NumGoroutine(),
	})
}

func main() {
	runtime.MemProfileRate = 64 << 10
	keep(24)
	for i := 0; i < 7; i++ {
		go parked()
	}
	for i := 0; i < 3; i++ {
		go pprof.Do(context.Background(), pprof.Labels("job", `a "b" c`, "n", strconv.Itoa(i/2)), labelled)
	}
	for i := 0; i < 4; i++ {
		runtime.GC()
	}
	expvar.NewString("hello").Set("world")
	http.HandleFunc("/stats", stats)
	http.HandleFunc("/gc", func(http.ResponseWriter, *http.Request) { runtime.GC() })
	http.HandleFunc("/grow", func(_ http.ResponseWriter, r *http.Request) {
		mib, _ := strconv.Atoi(r.URL.Query().Get("mib"))
		keep(mib)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+port())
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	http.Serve(listener, nil)
}

func port() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	return "0"
}
