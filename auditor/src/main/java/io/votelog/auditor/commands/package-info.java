/** The commands of the program, and the options that some of them share. */
@NullMarked
package io.votelog.auditor.commands;

import org.jspecify.annotations.NullMarked;
