import { refusal } from '../i18n';
import type { RefusalCode } from '../protocol';

/** The server said no. `field` is the field it is about, `max` what would be allowed. */
export class RefusalError extends Error {
  readonly code: RefusalCode;
  readonly field: string | undefined;
  readonly max: number | undefined;
  /** Of the command that was refused: dismiss it once the person knows. */
  readonly op: string | undefined;

  constructor(code: RefusalCode, field?: string, max?: number, op?: string) {
    super(code);
    this.code = code;
    this.field = field || undefined;
    this.max = max || undefined;
    this.op = op;
  }
}

/** There is no answer, or one that is not ours (a captive portal). */
export class OfflineError extends Error {}

/** What to tell the person. */
export function told(error: unknown): string {
  if (error instanceof RefusalError) return refusal(error.code, { field: error.field, max: error.max });
  return refusal(error instanceof OfflineError ? 'offline' : 'server');
}
