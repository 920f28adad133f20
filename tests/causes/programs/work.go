// Compiled into the programs that do something: garbage at a constant rate, until they are asked.
package main

import "time"

const piece = 4096

var newest []byte

// Allocates at a rate until the function it returns is called; `also` is called a hundred times a
// second beside it.
func allocating(mibPerSecond int, also func()) (stop func()) {
	asked, stopped := make(chan bool), make(chan bool)
	go func() {
		began := time.Now()
		tick := time.NewTicker(10 * time.Millisecond)
		for made := 0; ; {
			select {
			case <-asked:
				close(stopped)
				return
			case <-tick.C:
			}
			for due := int(time.Since(began).Seconds() * float64(mibPerSecond*mib)); made < due; made += piece {
				newest = make([]byte, piece)
				touch(newest)
			}
			if also != nil {
				also()
			}
		}
	}()
	return func() {
		close(asked)
		<-stopped
	}
}
