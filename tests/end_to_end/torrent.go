// A program that prints to standard output without a pause, while the runtime traces its
// collections to standard error: pieces of both come between each other.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

var kept []byte

func main() {
	collections, _ := strconv.Atoi(os.Args[1])
	done := make(chan bool)
	go func() {
		for range collections {
			kept = make([]byte, 64<<10)
			runtime.GC()
			time.Sleep(2 * time.Millisecond)
		}
		close(done)
	}()
	out := bufio.NewWriterSize(os.Stdout, 100)
	for i := 0; ; i++ {
		fmt.Fprintf(out, "request %d served\n", i)
		select {
		case <-done:
			out.Flush()
			return
		default:
			time.Sleep(10 * time.Microsecond)
		}
	}
}
