// A live heap, and net/http/pprof to tell of it.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
)

var kept [][]byte

func main() {
	planted = 200*mib + mib/2
	kept = blocks(int(planted/(64<<10)), 64<<10)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, nil)
	runtime.GC()
	fmt.Printf("http://%s\n", listener.Addr())
	answer(nil)
}
