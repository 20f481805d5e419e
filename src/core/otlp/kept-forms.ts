import { createBeside } from '../beside.ts';

/** The encoded forms of attributes, each made when it is first wanted. */
export interface Forms {
  /** The rest of a span from the comma before the field to its end. */
  json?: Uint8Array;
  /** `KeyValue` messages, each under this field. */
  protobuf?: { readonly field: number; readonly bytes: Uint8Array };
}

const forms = createBeside<Forms>();

/** Tells the encoders that these attributes come again in this very object, and never change. */
export function keepForms(attributes: object): void {
  forms.set(attributes, {});
}

/** What there is by now of the forms of such attributes; undefined for others. */
export function keptForms(attributes: object): Forms | undefined {
  return forms.get(attributes);
}
