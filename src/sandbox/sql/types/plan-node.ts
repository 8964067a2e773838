/**
 * DuckDB's bound logical plan as `json_serialize_plan` writes it, read defensively: whatever is missing
 * or of another shape counts as unknown, and a column then falls back to DuckDB's own type.
 */
export class PlanNode {
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(value: unknown) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#fields = new Map<string, unknown>(isObject ? Object.entries(value) : []);
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    return typeof value === 'string' ? value : '';
  }

  number(name: string): number | undefined {
    const value = this.#fields.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  has(name: string): boolean {
    return this.#fields.get(name) === true;
  }

  value(name: string): unknown {
    return this.#fields.get(name);
  }

  child(name: string): PlanNode {
    return new PlanNode(this.#fields.get(name));
  }

  list(name: string): readonly PlanNode[] {
    return this.#array(name).map((value) => new PlanNode(value));
  }

  texts(name: string): readonly string[] {
    return this.#array(name).filter((value) => typeof value === 'string');
  }

  numbers(name: string): readonly number[] {
    return this.#array(name).filter((value) => typeof value === 'number');
  }

  /** Lists of lists: the rows of a VALUES clause. */
  rows(name: string): readonly (readonly PlanNode[])[] {
    return this.#array(name).map((row) =>
      Array.isArray(row) ? row.map((value) => new PlanNode(value)) : [],
    );
  }

  #array(name: string): readonly unknown[] {
    const value = this.#fields.get(name);
    return Array.isArray(value) ? value : [];
  }
}
