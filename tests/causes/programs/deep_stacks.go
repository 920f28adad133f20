// Goroutines whose stacks are little more than half used: 34 of 64 KiB, and the pages' edges.
package main

import "runtime"

const (
	count  = 4_000
	size   = 34 << 10
	stack  = 64 << 10
	unused = stack - (size+4096)&^4095
)

//go:noinline
func fill(frame *[size]byte) {
	for i := range frame {
		frame[i] = 1
	}
}

func wait(there, until chan int) int {
	var frame [size]byte
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
	planted = count * (stack - unused)
	untouchedStacks = count * unused
	runtime.GC()
	answer(nil)
	until <- 1
}
