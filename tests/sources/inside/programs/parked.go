// Parks goroutines in many ways, then answers each line: "more" starts some, "dump" prints all.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"time"
)

type pool struct {
	lock    sync.Mutex
	group   sync.WaitGroup
	changed *sync.Cond
	jobs    chan int
}

func (p *pool) receive() { <-p.jobs }

func (p *pool) start(n int) {
	for i := 0; i < n; i++ {
		go p.receive()
	}
}

// Both are inlined, and so is what the lock does first.
func (p *pool) locked() { p.lock.Lock() }

func (p *pool) lockedOnce() { p.locked() }

func several[T any](n int, wait func(T), with T) {
	for i := 0; i < n; i++ {
		go wait(with)
	}
}

func deep(n int, until chan int) int {
	var frame [1024]byte
	if n == 0 {
		<-until
		return 0
	}
	return deep(n-1, until) + int(frame[n%1024])
}

func main() {
	p := &pool{jobs: make(chan int)}
	p.changed = sync.NewCond(&p.lock)
	p.group.Add(1)
	p.start(40)
	for i := 0; i < 3; i++ {
		go func() { p.jobs2() <- i }()
	}
	for i := 0; i < 5; i++ {
		go func() {
			select {
			case <-p.jobs:
			case <-time.After(time.Hour):
			}
		}()
	}
	several(4, func(p *pool) { p.group.Wait() }, p)
	several(2, time.Sleep, time.Hour)
	p.lock.Lock()
	for i := 0; i < 6; i++ {
		go p.lock.Lock()
	}
	for i := 0; i < 3; i++ {
		go func() {
			p.lockedOnce()
		}()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		go listener.Accept()
	}
	until := make(chan int)
	for i := 0; i < 2; i++ {
		go deep(200, until)
	}
	for i := 0; i < 100; i++ {
		over := make(chan int)
		go func() { over <- 1 }()
		<-over
	}
	time.Sleep(50 * time.Millisecond)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		switch lines.Text() {
		case "more":
			p.start(25)
			time.Sleep(50 * time.Millisecond)
			fmt.Println("done")
		case "gc":
			runtime.GC()
			fmt.Println("done")
		case "dump":
			text := make([]byte, 1<<20)
			text = text[:runtime.Stack(text, true)]
			os.Stdout.Write(text)
			fmt.Println("\nend of dump")
		}
	}
}

func (p *pool) jobs2() chan int { return make(chan int) }
