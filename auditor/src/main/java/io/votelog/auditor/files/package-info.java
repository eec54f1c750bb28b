/**
 * Reading files from users with bounds, and creating files that their owner alone may read; hashes. The formats of the
 * files belong to the packages that read and write them.
 */
@NullMarked
package io.votelog.auditor.files;

import org.jspecify.annotations.NullMarked;
