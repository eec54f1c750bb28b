/**
 * The auditor: a command line program that replays the log and compares it with what was published. It does not use the
 * code of the apps: the ballot and the check of a vote's form are from {@code rules}, the decoding of events is from
 * {@code schemas}; deciding and counting are written here a second time. This package starts the program, reads its
 * arguments and reports its errors; everything else is in the packages below.
 */
@NullMarked
package io.votelog.auditor;

import org.jspecify.annotations.NullMarked;
