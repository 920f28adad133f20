// Goroutines that wait in every way, and how they are printed: `dump` as net/http/pprof does with
// debug=2, `panic` and `deadlock` as a crash does.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

type queue[T any] struct{ values chan T }

//go:noinline
func (q *queue[T]) wait() { <-q.values }

//go:noinline
func labelled(context.Context) { var none chan int; <-none }

//go:noinline
func deep(levels int) {
	if levels == 0 {
		panic("recovered")
	}
	deep(levels - 1)
}

func recovering() {
	defer func() {
		recover()
		select {}
	}()
	deep(120)
}

func main() {
	var lock sync.Mutex
	lock.Lock()
	for i := 0; i < 3; i++ {
		q := &queue[map[string]int]{make(chan map[string]int)}
		go q.wait()
		go lock.Lock()
	}
	go pprof.Do(context.Background(), pprof.Labels("job", `a "b" ]c`), labelled)
	go func() {
		runtime.LockOSThread()
		select {}
	}()
	go recovering()
	time.Sleep(200 * time.Millisecond)
	switch os.Args[1] {
	case "dump":
		pprof.Lookup("goroutine").WriteTo(os.Stdout, 2)
	case "panic":
		panic("over [here]")
	case "deadlock":
		select {}
	}
}
