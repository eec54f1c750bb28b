/**
 * Copies what an element says.
 *
 * @param element which is marked for the reader to copy where the clipboard is not allowed
 * @param done called when it is copied
 */
export async function copyFrom(element, done) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    done();
  } catch {
    getSelection().selectAllChildren(element);
  }
}
