/// What every kind of artefact can do alike: it keeps its container in a field of that name, and has a function `read`
/// that checks what is in a container of its kind.
macro_rules! artefact {
    ($name:ident, $access:ident) => {
        impl $name {
            /// Opens and verifies a file.
            ///
            /// # Errors
            /// When the file is damaged, of another kind, or contradicts itself.
            pub fn open(path: &std::path::Path) -> Result<Self, $crate::files::container::ContainerError> {
                Self::from_container($crate::files::container::Container::open(path)?)
            }

            /// Verifies a file in memory.
            ///
            /// # Errors
            /// When the bytes are damaged, of another kind, or contradict themselves.
            pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, $crate::files::container::ContainerError> {
                Self::from_container($crate::files::container::Container::from_bytes(bytes)?)
            }

            /// Checks what a container holds.
            ///
            /// # Errors
            /// When it is of another kind, or contradicts itself.
            pub fn from_container(
                container: $crate::files::container::Container,
            ) -> Result<Self, $crate::files::container::ContainerError> {
                Self::read(container.expect_kind($crate::files::container::Kind::$name)?)
            }

            /// Saves it as a file, whole or not at all; a [`Blinding`](crate::Blinding) or a
            /// [`Noise`](crate::Noise) for its owner only (mode 0600).
            ///
            /// # Errors
            /// When writing fails.
            pub fn save(
                &self,
                path: &std::path::Path,
            ) -> Result<(), $crate::files::container::ContainerError> {
                let access = $crate::files::atomic::Access::$access;
                $crate::files::atomic::write_atomically(path, access, |out| self.write(out))
            }

            /// Writes the bytes of a file.
            ///
            /// # Errors
            /// When writing fails.
            pub fn write(
                &self,
                mut out: impl std::io::Write,
            ) -> Result<(), $crate::files::container::ContainerError> {
                self.container().copy_to(&mut out)
            }

            /// What it is and whose.
            pub fn header(&self) -> &$crate::files::container::Header {
                self.container().header()
            }

            /// The digest over all of it: its name in whatever is made from it.
            pub fn digest(&self) -> $crate::units::Digest {
                self.container().digest()
            }

            /// The container that it lies in: whose it is, and who signed it.
            pub fn container(&self) -> &$crate::files::container::Container {
                &self.container
            }
        }
    };
}

pub(crate) use artefact;
