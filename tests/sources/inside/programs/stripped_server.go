// A program that uses much of the runtime, metrics and profiles too.
package main

import (
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"runtime"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		fmt.Fprintln(w, stats.HeapAlloc, runtime.NumGoroutine())
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:0", nil))
}
