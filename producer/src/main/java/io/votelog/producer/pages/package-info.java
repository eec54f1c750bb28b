/** What voters see: the ballot page and its sign-in. */
@NullMarked
package io.votelog.producer.pages;

import org.jspecify.annotations.NullMarked;
