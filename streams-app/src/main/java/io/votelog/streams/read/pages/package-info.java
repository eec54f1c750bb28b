/** The pages of results. */
@NullMarked
package io.votelog.streams.read.pages;

import org.jspecify.annotations.NullMarked;
