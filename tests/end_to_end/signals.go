// A program that says which signals it gets, and ends at SIGTERM.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	got := make(chan os.Signal, 8)
	signal.Notify(got)
	signal.Reset(syscall.SIGQUIT)
	fmt.Fprintln(os.Stderr, "ready")
	for which := range got {
		if which == syscall.SIGURG {
			continue // The runtime sends it to itself.
		}
		fmt.Fprintf(os.Stderr, "caught %d\n", which)
		if which == syscall.SIGTERM {
			os.Exit(9)
		}
	}
}
