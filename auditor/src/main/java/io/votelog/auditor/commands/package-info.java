/**
 * The commands of the program, and the options that several of them share. A command reads its options, calls one of
 * the other packages, and prints the answer.
 */
@NullMarked
package io.votelog.auditor.commands;

import org.jspecify.annotations.NullMarked;
