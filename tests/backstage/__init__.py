"""What people see of images in Backstage: real Chromium, a real Backstage, the real service and its peers."""
