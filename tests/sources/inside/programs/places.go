// Keeps memory in one place, as its argument says, then waits for its input to end.
package main

import (
	"bufio"
	"fmt"
	"os"
	"syscall"
)

var (
	kept   [][]byte
	mapped []byte
)

func touch(block []byte) {
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
}

func recurse(depth int, there, until chan int) int {
	var frame [4096]byte
	if depth == 0 {
		there <- 1
		return <-until
	}
	return recurse(depth-1, there, until) + int(frame[depth])
}

func main() {
	switch os.Args[1] {
	case "untouched":
		for i := 0; i < 10; i++ {
			kept = append(kept, make([]byte, 100<<20))
		}
	case "live":
		for i := 0; i < 100; i++ {
			block := make([]byte, 1<<20)
			touch(block)
			kept = append(kept, block)
		}
	case "stacks":
		there, until := make(chan int), make(chan int)
		for i := 0; i < 200; i++ {
			go recurse(100, there, until)
		}
		for i := 0; i < 200; i++ {
			<-there
		}
	case "outside":
		block, err := syscall.Mmap(-1, 0, 100<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		touch(block)
		mapped = block
	}
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
}
