export {
  type DatasetIndex,
  type IndexedFile,
  type IndexedJob,
  type IndexedSeries,
  type IndexOptions,
  indexDataset,
} from './dataset/dataset-index.js'
export {
  type DataFile,
  type Dataset,
  type DaySpan,
  describeDataFile,
  discoverDataset,
  filesOf,
} from './dataset/discover.js'
export {
  DataDirectoryError,
  DataFileError,
  DataOverlapError,
  MergeError,
  NoDataError,
} from './dataset/errors.js'
export { type MergeDbnOptions, type MergeSummary, mergeDbn, type RecordFilter } from './dataset/merge-dbn.js'
export { mergeMetadata } from './dataset/merge-metadata.js'
export { createOptionFilter, keepOptions, type OptionCriteria } from './dataset/option-filter.js'
export type { DataConflict } from './dataset/resolve-overlaps.js'
export { type DbnPiece, type SplitDbnOptions, splitDbn } from './dataset/split-dbn.js'
export {
  type DbnReadOptions,
  type ReadSummary,
  readDbnFile,
  readDbnMetadata,
  readDbnRecords,
} from './dbn/node-file.js'
export { type DbnFileWriter, type WriteDbnOptions, writeDbnFile } from './dbn/node-writer.js'
export { type CheckedFile, type CheckFileOptions, checkFile } from './quality/check-file.js'
export { QuoteChecker, type QuoteCheckOptions } from './quality/quote-checker.js'
export {
  addCounts,
  emptyCounts,
  type QuoteCounts,
  type QuoteGap,
  type QuoteReport,
} from './quality/report.js'
export type { SessionTimes } from './quality/session-minutes.js'
export { type CutSlice, type CutSlicesOptions, cutSlices } from './slice/cut-slices.js'
export {
  SliceCorruptError,
  SliceFormatError,
  SliceTruncatedError,
  SliceVersionError,
} from './slice/errors.js'
export { SLICE_VERSION, type SliceFooter, type SliceHeader, type SliceSums } from './slice/format.js'
export {
  type PreparedFile,
  type PreparedFiles,
  prepareSlices,
  type SliceCacheOptions,
} from './slice/slice-cache.js'
export { SliceReader, verifySlice } from './slice/slice-reader.js'
export { SliceWriter } from './slice/slice-writer.js'
export type { FeedOptions } from './tape/batch-feed.js'
export {
  createDatasetTape,
  DatasetTape,
  type DatasetTapeOptions,
} from './tape/dataset-tape.js'
export { type DecodeFileOptions, decodeFile } from './tape/decode-file.js'
export { type DecodeStats, type EventBatch, giveBatch } from './tape/event-batch.js'
export { readBytes } from './zstd/node-bytes.js'
export type { ReadOptions } from './zstd/node-source.js'
export { type ZstdLibrary, ZstdUnavailableError } from './zstd/zstd-context.js'
