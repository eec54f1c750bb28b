// A log's reader and a witness that share no line with Votelog: hashes, proofs and signed notes are those of Go's
// golang.org/x/mod/sumdb, which checks the modules that Go programs are built from.
//
//	stranger check -log DIR -vkey VKEY [-witness VKEY] [-old SIZE] [-index N,N,...] [-proof FILE]
//	stranger witness -vkey VKEY -name NAME
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("check or witness?"))
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	vkey := flags.String("vkey", "", "the log's key")
	folder := flags.String("log", "", "the log's folder")
	witnessKey := flags.String("witness", "", "the key of a witness that must have cosigned")
	old := flags.Int64("old", 0, "an older size")
	indices := flags.String("index", "", "entries to prove")
	proof := flags.String("proof", "", "a proof that someone else made")
	name := flags.String("name", "", "the witness's name")
	flags.Parse(os.Args[2:])
	switch os.Args[1] {
	case "check":
		fail(check(*folder, *vkey, *witnessKey, *old, *indices, *proof))
	case "witness":
		fail(witness(*vkey, *name))
	default:
		fail(errors.New("check or witness?"))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

// open reads a checkpoint that the log signed and, where one is named, a witness cosigned.
func open(msg []byte, vkey, witnessKey string) (origin string, tree tlog.Tree, n *note.Note, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", tree, nil, err
	}
	known := []note.Verifier{verifier}
	if witnessKey != "" {
		cosigner, err := newCosignatureVerifier(witnessKey)
		if err != nil {
			return "", tree, nil, err
		}
		known = append(known, cosigner)
	}
	n, err = note.Open(msg, note.VerifierList(known...))
	if err != nil {
		return "", tree, nil, err
	}
	if len(n.Sigs) != len(known) {
		return "", tree, nil, fmt.Errorf("%d of %d keys signed", len(n.Sigs), len(known))
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return "", tree, nil, errors.New("no checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", tree, nil, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return lines[0], tree, n, err
}

// tiles reads a folder laid out as c2sp.org/tlog-tiles says. Go names the height of tiles in their paths, C2SP does not.
type tiles struct{ folder string }

func (t tiles) Height() int                         { return height }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range list {
		data, err := t.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) read(tile tlog.Tile) ([]byte, error) {
	data, err := os.ReadFile(t.path(tile))
	if errors.Is(err, os.ErrNotExist) && tile.W < 1<<height {
		full := tile
		full.W = 1 << height
		data, err = os.ReadFile(t.path(full))
		if err == nil && tile.L >= 0 {
			data = data[:tile.W*tlog.HashSize]
		}
	}
	return data, err
}

func (t tiles) path(tile tlog.Tile) string {
	path := tile.Path()
	if tile.L == -1 {
		path = strings.Replace(path, "tile/8/data/", "tile/entries/", 1)
	} else {
		path = strings.Replace(path, "tile/8/", "tile/", 1)
	}
	return filepath.Join(t.folder, path)
}

func check(folder, vkey, witnessKey string, old int64, indices, proof string) error {
	msg, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	_, tree, _, err := open(msg, vkey, witnessKey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, tiles{folder})
	hash, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if hash != tree.Hash {
		return fmt.Errorf("the tiles hash to %v, the checkpoint says %v", hash, tree.Hash)
	}
	if err := rebuild(folder, tree); err != nil {
		return err
	}
	proofs := 0
	for _, word := range strings.Split(indices, ",") {
		if word == "" {
			continue
		}
		index, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return err
		}
		p, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return err
		}
		proofs++
	}
	if old > 0 {
		oldHash, err := tlog.TreeHash(old, reader)
		if err != nil {
			return err
		}
		p, err := tlog.ProveTree(tree.N, old, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(p, tree.N, tree.Hash, old, oldHash); err != nil {
			return err
		}
		fmt.Printf("root at %d: %v\n", old, oldHash)
	}
	if proof != "" {
		if err := checkProof(folder, proof, vkey, witnessKey, reader); err != nil {
			return err
		}
		proofs++
	}
	fmt.Printf("checked: %d entries, %d proofs of inclusion\n", tree.N, proofs)
	return nil
}

// stored is a log's hashes in Go's order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, s[index])
	}
	return hashes, nil
}

// rebuild hashes the log anew from its entries, and compares each tile with the one that Go makes. TileHashReader alone is not
// enough: golang.org/x/mod 0.7 does not look at the parents of all the tiles that it reads.
func rebuild(folder string, tree tlog.Tree) error {
	var all stored
	for n := int64(0); n<<height < tree.N; n++ {
		width := 1 << height
		if rest := tree.N - n<<height; rest < int64(width) {
			width = int(rest)
		}
		data, err := tiles{folder}.read(tlog.Tile{H: height, L: -1, N: n, W: width})
		if err != nil {
			return err
		}
		for i := 0; i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("bundle %d breaks off in entry %d", n, i)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			hashes, err := tlog.StoredHashes(n<<height+int64(i), data[2:end], all)
			if err != nil {
				return err
			}
			all = append(all, hashes...)
			data = data[end:]
		}
		if len(data) > 0 {
			return fmt.Errorf("bundle %d has more than its entries", n)
		}
	}
	hash, err := tlog.TreeHash(tree.N, all)
	if err != nil {
		return err
	}
	if hash != tree.Hash {
		return fmt.Errorf("the entries hash to %v, the checkpoint says %v", hash, tree.Hash)
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if tile.W < 1<<height && int64(tile.W) != tree.N>>(height*tile.L)&(1<<height-1) {
			continue // A partial tile of a size in between.
		}
		right, err := tlog.ReadTileData(tile, all)
		if err != nil {
			return err
		}
		data, err := tiles{folder}.read(tile)
		if err != nil {
			return err
		}
		if !bytes.Equal(data, right) {
			return fmt.Errorf("%s is not the tile that Go makes", tile.Path())
		}
	}
	return nil
}

// checkProof checks a c2sp.org/tlog-proof, whose leaf is taken from the log.
func checkProof(folder, file, vkey, witnessKey string, reader tlog.HashReader) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	parts := strings.SplitN(string(text), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("no proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var p tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		p = append(p, hash)
	}
	_, tree, _, err := open([]byte(parts[1]), vkey, witnessKey)
	if err != nil {
		return err
	}
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	return tlog.CheckRecord(p, tree.N, tree.Hash, index, leaf[0])
}

// cosignatureVerifier is type 0x04 of c2sp.org/tlog-cosignature, for note.Open.
type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosignatureVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("no key of a witness")
	}
	v := &cosignatureVerifier{parts[0], keyHash(parts[0], key), key[1:]}
	if fmt.Sprintf("%08x", v.hash) != parts[1] {
		return nil, errors.New("another key ID than the key's")
	}
	return v, nil
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

func (v *cosignatureVerifier) Name() string    { return v.name }
func (v *cosignatureVerifier) KeyHash() uint32 { return v.hash }

func (v *cosignatureVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	return ed25519.Verify(v.key, cosigned(msg, binary.BigEndian.Uint64(sig)), sig[8:])
}

func cosigned(text []byte, seconds uint64) []byte {
	return []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text))
}

// witness serves c2sp.org/tlog-witness on a port of its own, says its key and URL, and ends when its input does.
func witness(vkey, name string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	key := append([]byte{4}, public...)
	hash := keyHash(name, key)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var mutex sync.Mutex
	var last tlog.Tree
	http.HandleFunc("/add-checkpoint", func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		old, proof, checkpoint, ok := parseRequest(body)
		if err != nil || !ok || r.Method != http.MethodPost {
			http.Error(w, "no request", http.StatusBadRequest)
			return
		}
		_, tree, n, err := open(checkpoint, vkey, "")
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		if old > tree.N {
			http.Error(w, "backwards", http.StatusBadRequest)
			return
		}
		if old != last.N {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(http.StatusConflict)
			fmt.Fprintf(w, "%d\n", last.N)
			return
		}
		if old == 0 && len(proof) > 0 || old > 0 && tlog.CheckTree(proof, tree.N, tree.Hash, old, last.Hash) != nil {
			http.Error(w, "not consistent", http.StatusUnprocessableEntity)
			return
		}
		last = tree
		now := uint64(time.Now().Unix())
		signature := make([]byte, 12, 12+ed25519.SignatureSize)
		binary.BigEndian.PutUint32(signature, hash)
		binary.BigEndian.PutUint64(signature[4:], now)
		signature = append(signature, ed25519.Sign(private, cosigned([]byte(n.Text), now))...)
		fmt.Fprintf(w, "— %s %s\n", name, base64.StdEncoding.EncodeToString(signature))
	})
	go http.Serve(listener, nil)
	fmt.Printf("%s+%08x+%s\n", name, hash, base64.StdEncoding.EncodeToString(key))
	fmt.Printf("http://%s\n", listener.Addr())
	bufio.NewReader(os.Stdin).ReadString('\n')
	return nil
}

func parseRequest(body []byte) (old int64, proof tlog.TreeProof, checkpoint []byte, ok bool) {
	parts := bytes.SplitN(body, []byte("\n\n"), 2)
	lines := strings.Split(string(parts[0]), "\n")
	if len(parts) != 2 || !strings.HasPrefix(lines[0], "old ") {
		return 0, nil, nil, false
	}
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if err != nil {
		return 0, nil, nil, false
	}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, nil, false
		}
		proof = append(proof, hash)
	}
	return old, proof, parts[1], true
}
