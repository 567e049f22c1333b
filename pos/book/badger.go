package book

import (
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// openDB opens Badger for a board with 1 GB. The defaults take over 1 GB at a
// million rows; these were chosen by measuring (docs/figures.md). SyncWrites is
// off because the journal is the truth; the value log is small because a
// 32-bit board cannot map the default of 2 GB. Checksums are verified whenever a
// block is read: without that, a flipped byte is a wrong row.
func openDB(dir string) (*badger.DB, error) {
	o := badger.DefaultOptions(dir).
		WithSyncWrites(false).
		WithMemTableSize(4 << 20).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(4).
		WithNumCompactors(2).
		WithBaseTableSize(2 << 20).
		WithBaseLevelSize(8 << 20).
		WithBlockCacheSize(4 << 20).
		WithIndexCacheSize(4 << 20).
		WithValueThreshold(512 << 10).
		WithValueLogFileSize(16 << 20).
		WithCompression(options.Snappy).
		WithChecksumVerificationMode(options.OnTableAndBlockRead).
		WithNumGoroutines(1).
		WithNumVersionsToKeep(1).
		WithMetricsEnabled(false).
		WithDetectConflicts(false).
		WithLogger(nil)
	db, err := badger.Open(o)
	if err != nil {
		return nil, fmt.Errorf("open book %s: %w", dir, err)
	}
	return db, nil
}
