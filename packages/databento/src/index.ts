export { type Block, RecordAssembler, type RecordSink } from './dbn/assembler.js'
export { DaySymbols } from './dbn/day-symbols.js'
export { RTYPE, SCHEMAS, type Schema, STYPES, type SType, UNDEF_PRICE, UNDEF_TIMESTAMP } from './dbn/enums.js'
export { type Field, type FieldType, LAYOUTS, type Layout, type LayoutName, layoutOf } from './dbn/layouts.js'
export {
  createMetadata,
  decodeMetadata,
  encodeMetadata,
  type MappingInterval,
  type Metadata,
  type NewMetadata,
  type SymbolMapping,
} from './dbn/metadata.js'
export {
  type DbnRecord,
  decodeRecord,
  encodeRecord,
  type FieldValue,
  type RecordFormat,
} from './dbn/record.js'
export { CbboView, Cmbp1View, OhlcvView, RecordView, TradeView } from './dbn/record-view.js'
export { type CbboFields, type OhlcvFields, RecordWriter, type StatisticFields } from './dbn/record-writer.js'
export { upgradeRecord } from './dbn/upgrade.js'
export {
  ClockBackwardsError,
  CorruptFileError,
  CsvFormatError,
  DbnFormatError,
  DbnMetadataError,
  MissingColumnError,
  MixedRecordsError,
  SymbologyError,
  SymbologyFileError,
  TruncatedFileError,
  UnknownFieldError,
  UnknownRecordTypeError,
} from './errors.js'
export { StreamSymbols, SymbolMap, type SymbolSource } from './symbols/symbol-source.js'
export { CsvEncoder, type CsvOptions } from './text/csv-encoder.js'
export { type DbnToCsvOptions, dbnToCsv } from './text/dbn-to-csv.js'
export { JsonEncoder } from './text/json-encoder.js'
export type { TextOptions } from './text/text-encoder.js'
export type { TextForm } from './text/values.js'
