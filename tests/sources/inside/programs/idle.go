// A program for the tests to find: it prints a line and waits until its input ends.
package main

import (
	"fmt"
	"io"
	"os"
)

var kept []byte

func main() {
	if len(os.Args) > 1 {
		// A few MiB more than another one of it.
		kept = make([]byte, 32<<20)
		for i := range kept {
			kept[i] = 1
		}
	}
	fmt.Println("up")
	io.Copy(io.Discard, os.Stdin)
}
