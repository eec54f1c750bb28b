/**
 * The audit bundle: one archive with all that a stranger needs to check a vote that is over, made, checked and compared
 * here. What is checked is checked by the other packages; this one puts it together and numbers it.
 */
@NullMarked
package io.votelog.auditor.bundle;

import org.jspecify.annotations.NullMarked;
