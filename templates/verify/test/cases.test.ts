import { agree } from "./agree";
import { ledgerCases } from "./ledgercases";
import { recordCases } from "./recordcases";

agree("ledger.jsonl", ledgerCases);
agree("record.jsonl", recordCases);
