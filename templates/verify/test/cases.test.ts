import { agree } from "./agree";
import { ledgerCases } from "./ledgercases";

agree("ledger.jsonl", ledgerCases);
