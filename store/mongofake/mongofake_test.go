package mongofake

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// message is a command as the driver would send it.
func message(t testing.TB, command bson.D) []byte {
	t.Helper()
	doc, err := bson.Marshal(command)
	if err != nil {
		t.Fatal(err)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(21+len(doc)))
	b = append(b, 7, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, opMsg)
	return append(append(b, 0, 0, 0, 0, 0), doc...)
}

// say sends a command on a connection of its own; nil if it was cut.
func say(t testing.TB, addr string, command bson.D) bson.Raw {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(message(t, append(command, bson.E{Key: "$db", Value: "d"}))); err != nil {
		t.Fatal(err)
	}
	reply, err := readRequest(bufio.NewReader(c)) // a reply has the same form
	if err == io.EOF {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return reply.body
}

func put(id string, w any) bson.D {
	return bson.D{{Key: "insert", Value: "c"}, {Key: "documents", Value: bson.A{bson.D{{Key: "_id", Value: id}}}},
		{Key: "writeConcern", Value: bson.D{{Key: "w", Value: w}}}}
}

func ids(t testing.TB, addr, level string) string {
	t.Helper()
	reply := say(t, addr, bson.D{{Key: "find", Value: "c"}, {Key: "readConcern", Value: bson.D{{Key: "level", Value: level}}}})
	docs, err := reply.Lookup("cursor", "firstBatch").Array().Values()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range docs {
		all = append(all, d.Document().Lookup("_id").StringValue())
	}
	return strings.Join(all, " ")
}

func want(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// What a majority has stays; what only the primary has is seen there alone and
// is lost in a fail-over.
func TestAMajoritysWord(t *testing.T) {
	s := listen(t)
	say(t, s.Addr(), put("a", "majority"))
	say(t, s.Addr(), put("b", 1))
	want(t, ids(t, s.Addr(), "local"), "a b")
	want(t, ids(t, s.Addr(), "majority"), "a")
	s.FailOver()
	want(t, ids(t, s.Addr(), "local"), "a")

	say(t, s.Addr(), put("c", 1))
	say(t, s.Addr(), put("d", "majority")) // takes c along
	s.FailOver()
	want(t, ids(t, s.Addr(), "majority"), "a c d")
}

func TestFaults(t *testing.T) {
	for fault, c := range map[Fault]struct{ word, stays string }{
		CutBefore:  {"", "a"},
		CutAfter:   {"", "a b"},
		Forgotten:  {"", "a b"},
		Lost:       {"", "a"},
		Twice:      {"duplicate key", "a b"},
		NotPrimary: {"fail-over", "a"},
		Undone:     {"WriteConcernTimeout", "a"},
		Full:       {"OutOfDiskSpace", "a"},
		Lag:        {`"n"`, "a b"},
		Slow:       {`"n"`, "a b"},
	} {
		s := listen(t)
		say(t, s.Addr(), put("a", "majority"))
		s.Script("insert", fault)
		reply := say(t, s.Addr(), put("b", "majority"))
		if (reply == nil) != (c.word == "") || !strings.Contains(reply.String(), c.word) {
			t.Errorf("%v: %v", fault, reply)
		}
		if fault == Lost || fault == Undone {
			want(t, ids(t, s.Addr(), "majority"), "a")
		}
		s.FailOver()
		want(t, ids(t, s.Addr(), "linearizable"), c.stays)
		if s.Befell()[fault] != 1 {
			t.Errorf("%v befell %d times", fault, s.Befell()[fault])
		}
	}
	for _, fault := range []Fault{Kept, Concern} {
		s := listen(t)
		s.Script("insert", fault)
		say(t, s.Addr(), put("b", "majority"))
		want(t, ids(t, s.Addr(), "linearizable"), "b") // waits for the new primary
	}
}

// A retryable write that is repeated is answered as the first time, unless the
// server forgot it.
func TestRetryableWrites(t *testing.T) {
	s := listen(t)
	retryable := append(put("a", "majority"), bson.E{Key: "lsid", Value: bson.D{{Key: "id", Value: "x"}}}, bson.E{Key: "txnNumber", Value: int64(1)})
	for range 3 {
		if reply := say(t, s.Addr(), retryable); strings.Contains(reply.String(), "duplicate") {
			t.Fatal(reply)
		}
	}
	s.Script("insert", Forgotten)
	say(t, s.Addr(), retryable)
	if reply := say(t, s.Addr(), retryable); !strings.Contains(reply.String(), "duplicate") {
		t.Fatal(reply)
	}
}

// The same seed draws the same faults.
func TestAPlanIsSeeded(t *testing.T) {
	draw := func(seed uint64) (all []Fault) {
		s := listen(t, WithPlan(seed, 30))
		req, err := readRequest(bytes.NewReader(message(t, put("a", "majority"))))
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			all = append(all, s.draw(req))
		}
		return all
	}
	a, b, c := draw(1), draw(1), draw(2)
	same := func(a, b []Fault) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !same(a, b) || same(a, c) {
		t.Fatalf("%v\n%v\n%v", a, b, c)
	}
}

func TestWhatItDoesNotKnowIsAnError(t *testing.T) {
	s := listen(t)
	say(t, s.Addr(), put("a", "majority"))
	for _, command := range []bson.D{
		{{Key: "count", Value: "c"}},
		{{Key: "find", Value: "c"}, {Key: "filter", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "$regex", Value: "a"}}}}}},
		{{Key: "find", Value: "c"}, {Key: "filter", Value: bson.D{{Key: "$or", Value: bson.A{}}}}},
		{{Key: "find", Value: "c"}, {Key: "readConcern", Value: bson.D{{Key: "level", Value: "odd"}}}},
		{{Key: "insert", Value: "c"}},
		{{Key: "insert", Value: "c"}, {Key: "documents", Value: bson.A{bson.D{{Key: "_id", Value: 1}}}}},
		{{Key: "update", Value: "c"}, {Key: "updates", Value: bson.A{bson.D{{Key: "q", Value: bson.D{}}, {Key: "u", Value: bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}}}}}},
	} {
		if reply := say(t, s.Addr(), command); reply.Lookup("ok").Double() != 0 {
			t.Errorf("%v: %v", command, reply)
		}
	}
}

func FuzzMessage(f *testing.F) {
	f.Add(message(f, put("a", "majority")))
	f.Add(message(f, bson.D{{Key: "find", Value: "c"}, {Key: "$db", Value: "d"}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		req, err := readRequest(bytes.NewReader(b))
		if err == nil && req.body.Validate() != nil {
			t.Fatal("took a body that is no document")
		}
	})
}

// As a program it serves other processes, until its input ends.
func TestTheProgram(t *testing.T) {
	bin := t.TempDir() + "/mongofaked"
	if out, err := exec.Command("go", "build", "-o", bin, "./mongofaked").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(bin)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	uri, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr, _, ok := strings.Cut(strings.TrimPrefix(uri, "mongodb://"), "/goen?")
	if !ok {
		t.Fatalf("uri is %q", uri)
	}
	say(t, addr, put("a", "majority"))
	want(t, ids(t, addr, "majority"), "a")
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}
