// Waits a moment, then allocates and touches as many MiB as its argument says.
package main

import (
	"os"
	"strconv"
	"time"
)

var kept [][]byte

func main() {
	most, _ := strconv.Atoi(os.Args[1])
	time.Sleep(1200 * time.Millisecond)
	for len(kept) < most {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		time.Sleep(10 * time.Millisecond)
	}
}
