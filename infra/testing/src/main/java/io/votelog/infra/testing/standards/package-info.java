/** Published schemas that documents are held to, each as its publisher has it. Nothing here knows how Votelog makes a document. */
@NullMarked
package io.votelog.infra.testing.standards;

import org.jspecify.annotations.NullMarked;
