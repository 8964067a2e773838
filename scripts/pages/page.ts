/** A page of the documentation that is made from tables in the code. */
export interface Page {
  /** Path from the root of the repository. */
  readonly path: string;
  /** The whole text of the page. */
  render(): string;
}
