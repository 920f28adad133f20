// A program with goroutines that wait, and more of them each 100 ms; it prints nothing.
package main

import (
	"os"
	"strconv"
	"time"
)

var kept [][]byte

func wait(blocked chan int) { <-blocked }

func leak(blocked chan int) { go wait(blocked) }

func main() {
	lasts := 300
	if len(os.Args) > 1 {
		lasts, _ = strconv.Atoi(os.Args[1])
	}
	blocked := make(chan int)
	for i := 0; i < 40; i++ {
		go wait(blocked)
	}
	end := time.After(time.Duration(lasts) * time.Second)
	for {
		block := make([]byte, 256<<10)
		for i := range block {
			block[i] = 1
		}
		kept = append(kept, block)
		leak(blocked)
		select {
		case <-end:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}
