/**
 * The owner that controls an object, of its `ownerReferences`; undefined where none does. The API server admits one
 * controller at most (`metav1.GetControllerOf` takes the first too).
 */
export function controllingOwner<Owner extends { readonly controller?: unknown }>(
  ownerReferences: readonly Owner[],
): Owner | undefined {
  return ownerReferences.find(({ controller }) => controller === true);
}
