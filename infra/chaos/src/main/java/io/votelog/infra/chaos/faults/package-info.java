/** The kinds of faults, each a class of its own, and who strikes with them. A new kind is a class here and a line in {@code Faults}. */
@NullMarked
package io.votelog.infra.chaos.faults;

import org.jspecify.annotations.NullMarked;
