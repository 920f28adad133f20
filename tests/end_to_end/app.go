// A program to watch: it allocates steadily, its live heap grows, and it prints to both outputs.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const tick = 10 * time.Millisecond

var (
	kept    [][]byte
	garbage []byte
)

func main() {
	lasts := flag.Duration("for", time.Minute, "ends after this time")
	code := flag.Int("code", 0, "the exit code")
	deaf := flag.Bool("deaf", false, "does not end on SIGINT")
	quiet := flag.Bool("quiet", false, "prints but its settings and its end")
	flag.Parse()

	asked := make(chan os.Signal, 8)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	end := time.After(*lasts)
	fmt.Printf("started with GODEBUG=%s GOGC=%s\n", os.Getenv("GODEBUG"), os.Getenv("GOGC"))

	for i := 0; ; i++ {
		allocate()
		if i%10 == 0 && !*quiet {
			fmt.Printf("order %d accepted\n", i/10)
			fmt.Fprintf(os.Stderr, "queue %d is long\n", i/10)
		}
		select {
		case which := <-asked:
			fmt.Fprintf(os.Stderr, "caught %v\n", which)
			if which == os.Interrupt && *deaf {
				continue
			}
			os.Exit(*code)
		case <-end:
			fmt.Println("served everybody")
			os.Exit(*code)
		case <-time.After(tick):
		}
	}
}

// allocate makes some 25 MB of garbage a second and keeps 3 MB of it.
func allocate() {
	kept = append(kept, make([]byte, 32<<10))
	for range 16 {
		garbage = make([]byte, 16<<10)
	}
}
