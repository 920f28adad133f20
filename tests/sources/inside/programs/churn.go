// Allocates and starts goroutines as fast as it can; keeps some 32 MiB.
package main

import "runtime"

var kept [16][1024][]byte

func churn(mine *[1024][]byte) {
	for i := 0; ; i++ {
		mine[i%1024] = make([]byte, 64+i%4000)
		if i%1000 == 0 {
			done := make(chan int)
			go func() { done <- deep(i % 50) }()
			<-done
		}
		if i%5000 == 0 {
			mine[i%1024] = make([]byte, 1<<20)
			runtime.Gosched()
		}
	}
}

func deep(n int) int {
	var frame [512]byte
	if n == 0 {
		return int(frame[0])
	}
	return deep(n-1) + int(frame[n])
}

func main() {
	for i := range kept {
		go churn(&kept[i])
	}
	select {}
}
