// Many goroutines that wait, each with a stack of 4 KiB.
package main

import "runtime"

const count = 50_000

//go:noinline
func fill(frame *[1500]byte) {
	for i := range frame {
		frame[i] = 1
	}
}

func wait(there, until chan int) int {
	var frame [1500]byte
	fill(&frame)
	there <- 1
	return <-until + int(frame[0])
}

func main() {
	there, until := make(chan int), make(chan int)
	for i := 0; i < count; i++ {
		go wait(there, until)
	}
	for i := 0; i < count; i++ {
		<-there
	}
	planted = count * 4096
	// Twice: what the stacks grew out of is given back by the first, and used no more.
	runtime.GC()
	runtime.GC()
	answer(nil)
	until <- 1
}
