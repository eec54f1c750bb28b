/** The pages of results for people. The numbers on them come from {@code results}. */
@NullMarked
package io.votelog.streams.read.pages;

import org.jspecify.annotations.NullMarked;
