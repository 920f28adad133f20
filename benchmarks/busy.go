// Allocates and chases pointers on all CPUs; answers each line with how much it has done.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
)

type node struct {
	next *node
	data [48]byte
}

func work(done *atomic.Int64) {
	for {
		var head *node
		for i := 0; i < 1000; i++ {
			head = &node{next: head}
		}
		sum := byte(0)
		for at := head; at != nil; at = at.next {
			sum += at.data[0]
		}
		done.Add(1 + int64(sum))
	}
}

func main() {
	counts := make([]atomic.Int64, 8*runtime.GOMAXPROCS(0))
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		go work(&counts[8*i])
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		total := int64(0)
		for i := range counts {
			total += counts[i].Load()
		}
		fmt.Println(total)
	}
}
