/** Lays two logs side by side. */
@NullMarked
package io.votelog.auditor.compare;

import org.jspecify.annotations.NullMarked;
