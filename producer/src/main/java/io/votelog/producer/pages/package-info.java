/**
 * What voters see: the ballot page and its sign-in. The page sends votes to the same routes as any other client; those are in
 * {@code http}.
 */
@NullMarked
package io.votelog.producer.pages;

import org.jspecify.annotations.NullMarked;
