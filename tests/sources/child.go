// A program for the tests to wrap: it collects garbage, and ends as it is told.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

var kept [][]byte

func main() {
	cycles, _ := strconv.Atoi(os.Args[1])
	code, _ := strconv.Atoi(os.Args[2])
	fmt.Println("GODEBUG=" + os.Getenv("GODEBUG"))
	for i := 0; i < cycles; i++ {
		kept = append(kept, make([]byte, 1<<16))
		runtime.GC()
		if len(os.Args) > 3 {
			time.Sleep(10 * time.Millisecond)
		}
	}
	// The last cycle's line is printed after runtime.GC returns; println waits for its turn.
	time.Sleep(50 * time.Millisecond)
	println("done")
	os.Exit(code)
}
