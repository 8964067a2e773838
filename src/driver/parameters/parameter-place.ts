import { arrowTypeName } from '../../arrow/type-name.ts';
import type { ArrowField } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { isFloatingDecimal, sqlTypeName } from '../columnar/type-mapping.ts';
import type { ParameterMetadata } from '../wire/metadata.ts';

/** Names a column, its parameter and its rows in errors. */
export class ParameterPlace {
  /** `column 3 "QTY"`. */
  readonly column: string;
  /** `SMALLINT` or `DECIMAL(15,2)`. */
  readonly hanaType: string;
  readonly #field: ArrowField;
  readonly #number: number;

  /** @param index of the column and the parameter, from 0. */
  constructor(field: ArrowField, parameter: ParameterMetadata, index: number) {
    this.#field = field;
    this.#number = index + 1;
    this.column = `column ${index + 1} "${field.name}"`;
    this.hanaType = hanaTypeText(parameter);
  }

  /** The Arrow type can never go into the parameter. */
  incompatible(): HanaFlightError {
    const { name, type } = this.#field;
    return new HanaFlightError(
      'invalid-argument',
      `field "${name}" of type ${arrowTypeName(type)} cannot go into parameter ${this.#number} of type ${this.hanaType}`,
    );
  }
}

/** The rows of one batch in errors. */
export class RowPlace {
  readonly #place: ParameterPlace;
  readonly #firstRow: number;

  /** @param firstRow Number of the batch's first row, as people count: from 1 over all batches. */
  constructor(place: ParameterPlace, firstRow: number) {
    this.#place = place;
    this.#firstRow = firstRow;
  }

  /**
   * A value that the parameter cannot take.
   * @param row from 0 within the batch.
   * @param allowed What would fit, e.g. `0 to 255`.
   */
  unfit(row: number, value: unknown, allowed: string, cause?: unknown): HanaFlightError {
    const { column, hanaType } = this.#place;
    return new HanaFlightError(
      'invalid-argument',
      `row ${this.#firstRow + row}, ${column}: ${String(value)} does not fit ${hanaType} (${allowed})`,
      { cause },
    );
  }

  get hanaType(): string {
    return this.#place.hanaType;
  }
}

function hanaTypeText(parameter: ParameterMetadata): string {
  const name = sqlTypeName(parameter);
  if (name !== 'DECIMAL' || isFloatingDecimal(parameter)) return name;
  return `${name}(${parameter.length},${parameter.scale})`;
}
